// Writes src/api/schema.ts out of openapi.json: node make_types.mjs [--check]
//
// openapi.json is what the service says of itself; a test of the HTTP room fails where it is stale.
// --check writes nothing and fails where schema.ts is stale.
import { readFileSync, writeFileSync } from 'node:fs';

const at = (path) => new URL(path, import.meta.url);
const schemas = JSON.parse(readFileSync(at('openapi.json'), 'utf8')).components.schemas;

const plain = { string: 'string', number: 'number', integer: 'number', boolean: 'boolean' };

function union(types) {
  return [...new Set(types)].join(' | ');
}

function key(name) {
  return /^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name);
}

function objectType(schema, indent) {
  const inner = indent + '  ';
  const required = new Set(schema.required ?? []);
  const lines = Object.entries(schema.properties ?? {}).map(
    ([name, type]) =>
      `${inner}${key(name)}${required.has(name) ? '' : '?'}: ${typeOf(type, inner)};\n`,
  );
  const others = schema.additionalProperties;
  if (others && lines.length === 0) return `Record<string, ${typeOf(others, indent)}>`;
  if (lines.length === 0) return 'Record<string, unknown>';
  const body = `{\n${lines.join('')}${indent}}`;
  // Members of any name beside the named ones, which may be of other types.
  return others ? `${body} & { [name: string]: unknown }` : body;
}

function typeOf(schema, indent = '') {
  if (schema.$ref) return schema.$ref.split('/').at(-1);
  if (schema.enum) return union(schema.enum.map((value) => JSON.stringify(value)));
  if (schema.anyOf) return union(schema.anyOf.map((one) => typeOf(one, indent)));
  if (Array.isArray(schema.type)) {
    return union(schema.type.map((type) => typeOf({ ...schema, type }, indent)));
  }
  if (schema.type === 'null') return 'null';
  if (schema.type === 'array') {
    const item = schema.items ? typeOf(schema.items, indent) : 'unknown';
    return /^[\w]+$/.test(item) ? `${item}[]` : `Array<${item}>`;
  }
  if (schema.type === 'object') return objectType(schema, indent);
  return plain[schema.type] ?? 'unknown';
}

const parts = Object.entries(schemas).map(
  ([name, schema]) => `export type ${name} = ${typeOf(schema)};\n`,
);
const text = `// Made by make_types.mjs out of openapi.json; do not edit.\n\n${parts.join('\n')}`;
const file = at('src/api/schema.ts');
if (!process.argv.includes('--check')) {
  writeFileSync(file, text);
} else if (readFileSync(file, 'utf8') !== text) {
  console.error('src/api/schema.ts is stale: npm run types');
  process.exit(1);
}
