# A small module system for tests: imports, config, mkIf, mkMerge, priorities; leaves must agree, lists join.
let
  inherit (builtins)
    attrNames catAttrs concatLists elem filter foldl' head isAttrs isFunction isList isPath isString length listToAttrs map
    mapAttrs sort tail;

  override = priority: content: { _type = "override"; inherit priority content; };
  lib = rec {
    mkOverride = override;
    mkDefault = override 1000;
    mkForce = override 50;
    mkOptionDefault = override 1500;
    mkVMOverride = override 10;
    mkIf = condition: content: { _type = "if"; inherit condition content; };
    mkMerge = contents: { _type = "merge"; inherit contents; };
    mkBefore = content: content;
    mkAfter = content: content;
    optional = c: x: if c then [ x ] else [ ];
    optionals = c: x: if c then x else [ ];
    optionalAttrs = c: x: if c then x else { };
    optionalString = c: x: if c then x else "";
    min = a: b: if a < b then a else b;
    max = a: b: if a > b then a else b;
    id = x: x;
    recursiveUpdate = a: b:
      a // mapAttrs (n: v: if isAttrs v && isAttrs (a.${n} or null) then recursiveUpdate a.${n} v else v) b;
    nixosSystem = args: args;
    mkOption = args: args;
    types = { int = "int"; };
  };

  typeOf = v: if isAttrs v then v._type or "set" else builtins.typeOf v;

  # A value as written -> [ { priority, value } ], with conditions and merges resolved.
  flatten = priority: v:
    if typeOf v == "if" then (if v.condition then flatten priority v.content else [ ])
    else if typeOf v == "merge" then concatLists (map (flatten priority) v.contents)
    else if typeOf v == "override" then flatten v.priority v.content
    else [{ inherit priority; value = v; }];

  mergeDefinitions = path: definitions:
    let
      best = foldl' (a: d: if d.priority < a then d.priority else a) 9999 definitions;
      top = filter (d: d.priority == best) definitions;
      first = (head top).value;
      values = map (d: d.value) top;
    in
    # Sets keep the priority of their own wrapper for everything inside.
    if isAttrs first && !(first ? outPath) then mergeSets path definitions
    else if isList first then concatLists values
    else if filter (v: v != first) values != [ ] then throw "conflicting definitions of ${path}"
    else first;

  mergeSets = path: definitions:
    let
      names = attrNames (foldl' (a: d: a // d.value) { } definitions);
      at = name: concatLists (map (d: if d.value ? ${name} then flatten d.priority d.value.${name} else [ ]) definitions);
    in
    listToAttrs (concatLists (map (name:
      let found = at name; in if found == [ ] then [ ] else [{ inherit name; value = mergeDefinitions "${path}.${name}" found; }]) names));

  # A module's definitions and those of its imports.
  collect = args: module:
    let
      opened = if isPath module || isString module then import module else module;
      body = if isFunction opened then opened args else opened;
      config =
        if body ? config || body ? options then body.config or { }
        else removeAttrs body [ "imports" "_file" "disabledModules" ];
    in
    concatLists (map (collect args) (body.imports or [ ])) ++ flatten 100 config;
  inherit (builtins) removeAttrs;

  evalModules = modules:
    let
      pkgs = { hello = "hello"; nix = "nix"; system = "x86_64-linux"; };
      args = { inherit lib pkgs config; inputs = { }; options = { }; modulesPath = "/modules"; };
      config = mergeSets "config" (concatLists (map (collect args) modules));
    in
    config;
in
{ inherit lib evalModules; }
