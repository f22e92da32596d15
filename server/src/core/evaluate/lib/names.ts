// Which names `lib` of nixpkgs can have besides those of lib.ts: what lies below it in a merge is hidden by none of the others.
// Source: nix-community/nixpkgs.lib, the attributes of lib month by month from 2018 to June 2026.
const OTHERS: ReadonlySet<string> = new Set(
  (
    "addContextFrom addDrvOutputDependencies addErrorContextToAttrs addPassthru appendContext appendToName " +
    "applyIfFunction applyModuleArgsIfFunction attrNamesToStr callLocklessFlake canCleanSource checkFlag checkReqs " +
    "chooseDevOutputs cleanSourceFilter closeModules closePropagation commitIdFromGitRepo composedArgsAndFun " +
    "condConcat convertHash defaultFunctor defaultMerge defaultMergeArg defaultOverridableDelayableArgs " +
    "defaultTypeMerge dischargeProperties dontDistribute encodeGNUCommandLine evalOptionValue fakeSri filterModules " +
    "filterOverrides filterSource fixMergeModules fixupOptionType flakeRefToString flakes foldArgs foreach fromTOML " +
    "getFiles getLicenseFromSpdxId getLicenseFromSpdxIdOr getValue hasFile hashString hiPrioSet ifEnable " +
    "inPureEvalMode innerClosePropagation innerModifySumArgs isInOldestRelease isOptionType lazyDerivation " +
    "lazyGenericClosure licensesSpdx listDfs literalDocBook lowPrioSet makeFullPerlPath makePerlPath " +
    "makeScopeWithSplicing mapAttrsFlatten mapCrossIndex mapDerivationAttrset maybeAttr maybeAttrNullable maybeEnv " +
    "mdDoc mergeAttrBy mergeAttrByFunc mergeAttrsByFuncDefaults mergeAttrsByFuncDefaultsClean " +
    "mergeAttrsConcatenateValues mergeAttrsNoOverride mergeAttrsWithFunc mergeDefaultOption mergeDefinitions " +
    "mergeEqualOption mergeModules mergeModules' mergeOneOption mergeOptionDecls mergeUniqueOption misc " +
    "mkAliasOptionModuleMD mkAliasOptionModuleWithPriority mkDerivedConfig mkEUI64Suffix mkLuaInline " +
    "mkPackageOptionMD mkStrict modifySumArgs nixType nixpkgsVersion nvs oldestSupportedReleaseIsAtLeast " +
    "optionAttrSetToDocList optionAttrSetToDocList' optionalDrvAttr overridableDelayableArgs packSubmodule " +
    "parseFlakeRef pathIsGitRepo prepareDerivationArgs pushDownProperties readPathsFromFile renameCrossIndexFrom " +
    "renameCrossIndexTo renderOptions replaceChars repoRevToName revOrTag scrubOptionValue setAttr setAttrMerge " +
    "showOptionWithDefLocs showVal showWarnings sortProperties splitByAndCompare strict " +
    "stringsWithDeps testAllTrue textClosureList textClosureMap toBase toDerivation toGNUCommandLine toHex toposort " +
    "traceCall traceCall2 traceCall3 traceCallXml traceShowVal traceShowValMarked traceValIfNot traceValSeqFn " +
    "traceValSeqN traceValSeqNFn traceXMLVal traceXMLValMarked unifyModuleSyntax uniqList uniqListExt unknownModule " +
    "unpackSubmodule unsafeDiscardOutputDependency updateManyAttrsByPath updateName warnOnInstantiate zip " +
    "zipListsWithadd zipWithNames zipWithNames__unfix__ zipWithNamesadd"
  ).split(" "),
);

/** Whether some release of lib has a name that is not modelled. */
export function isOtherLibName(name: string): boolean {
  return OTHERS.has(name);
}
