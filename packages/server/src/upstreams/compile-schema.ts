import { canonicalJson, isJsonObject, type JsonObject, type JsonValue } from '@countersign/core';
import { Ajv, type AnySchemaObject, type ErrorObject, type ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { createPatternCompiler } from './linear-pattern.ts';
import { createMeter, type Meter, MeterExceeded } from './meter.ts';
import { costKeyword, prepareSchema } from './prepare-schema.ts';

export type Fit = { readonly valid: true } | { readonly valid: false; readonly detail: string };
export type CheckArguments = (value: unknown) => Fit;

const unitsPerCheck = 4_000_000;
const dialects = new Map([
  ['https://json-schema.org/draft/2020-12/schema', '2020-12'],
  ['http://json-schema.org/draft-07/schema', 'draft-07'],
  ['https://json-schema.org/draft-07/schema', 'draft-07'],
  ['http://json-schema.org/draft-06/schema', 'draft-07'],
]);

/**
 * Compiles a hostile input schema to a check that never throws and takes bounded time, whatever schema and arguments
 * are made to do together. Throws an `Error` that says why a schema cannot be used.
 */
export type CompileSchema = (schema: JsonValue | undefined) => CheckArguments;

export function createSchemaCompiler(): CompileSchema {
  const meter = createMeter();
  const engines = new Map<string, Ajv>();
  return (schema) => {
    if (!isJsonObject(schema)) throw new Error('there is no input schema');
    if (schema.type !== 'object') throw new Error('the input schema is not of type object');
    const dialect = nameDialect(schema);
    const engine = engines.get(dialect) ?? createEngine(dialect, meter);
    engines.set(dialect, engine);
    const prepared: AnySchemaObject = prepareSchema(schema);
    try {
      meter.start(Number.POSITIVE_INFINITY);
      return createCheck(engine.compile(prepared), meter);
    } finally {
      // ajv would keep every schema it has ever seen.
      engine.removeSchema(prepared);
    }
  };
}

function nameDialect(schema: JsonObject): string {
  if (schema.$schema === undefined) return '2020-12';
  const dialect = dialects.get(String(schema.$schema).replace(/#$/, ''));
  if (dialect === undefined) throw new Error('the dialect of the input schema is not supported');
  return dialect;
}

function createEngine(dialect: string, meter: Meter): Ajv {
  const options = {
    strict: false,
    allErrors: false,
    logger: false,
    inlineRefs: false,
    ownProperties: true,
    // Without a vocabulary of formats they are annotations, as 2020-12 has it by default.
    validateFormats: false,
    code: { regExp: createPatternCompiler(meter) },
  } as const;
  const engine = dialect === '2020-12' ? new Ajv2020(options) : new Ajv(options);
  engine.addKeyword({
    keyword: costKeyword,
    schemaType: 'number',
    errors: false,
    // First of all rules, or a subschema that fails early, for example in its `anyOf`, would cost nothing.
    before: '$comment',
    compile: (cost: number) => () => {
      meter.spend(cost);
      return true;
    },
  });
  // ajv compares every item with every other one.
  engine.removeKeyword('uniqueItems');
  engine.addKeyword({
    keyword: 'uniqueItems',
    type: 'array',
    schemaType: 'boolean',
    compile: (wanted: boolean) => (items: readonly JsonValue[]) => {
      meter.spend(items.length);
      return !wanted || new Set(items.map(canonicalJson)).size === items.length;
    },
  });
  return engine;
}

function createCheck(validate: ValidateFunction, meter: Meter): CheckArguments {
  return (value) => {
    meter.start(unitsPerCheck);
    try {
      return validate(value) === true
        ? { valid: true }
        : { valid: false, detail: describe(validate.errors?.[0]) };
    } catch (error) {
      // Also a stack that a schema which refers to itself has filled.
      const detail =
        error instanceof MeterExceeded
          ? 'the arguments take too long to check'
          : 'the arguments cannot be checked';
      return { valid: false, detail };
    }
  };
}

function describe(error: ErrorObject | undefined): string {
  const where = error === undefined || error.instancePath === '' ? 'arguments' : error.instancePath;
  return `${where} ${error?.message ?? 'do not fit'}`.slice(0, 300);
}
