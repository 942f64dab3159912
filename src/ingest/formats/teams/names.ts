import { isObject, type JsonObject } from '../../reading/json.ts';

/** The object with names as Graph writes them; dumps of the .NET SDK write `CreatedDateTime` for `createdDateTime`. */
export function lowerNames(value: JsonObject): JsonObject {
  if (!('Id' in value) && !('CreatedDateTime' in value)) return value;
  return lowered(value) as JsonObject;
}

function lowered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(lowered);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, child]) => [
      /^[A-Z][a-z]/u.test(name) ? (name[0] as string).toLowerCase() + name.slice(1) : name,
      lowered(child),
    ]),
  );
}
