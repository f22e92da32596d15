// All attributes of packages and builders that the catalogue describes, in one list.
import { LANGUAGE_ATTRIBUTES } from "./attributes/languages.js";
import { RUST_ATTRIBUTES } from "./attributes/rust.js";
import { STDENV_ATTRIBUTES } from "./attributes/stdenv.js";
import type { BuilderAttributeFact } from "./facts.js";

export const BUILDER_ATTRIBUTES: readonly BuilderAttributeFact[] = [
  ...STDENV_ATTRIBUTES,
  ...RUST_ATTRIBUTES,
  ...LANGUAGE_ATTRIBUTES,
];
