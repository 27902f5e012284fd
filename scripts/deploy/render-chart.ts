import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ErrorObject } from 'ajv';
import { parse, parseAllDocuments } from 'yaml';
import { collectPartials, type Partials, parseTemplate, renderNodes } from './render-template.ts';

/** A Kubernetes object, as far as checks look into it. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  readonly [key: string]: unknown;
}

export type Values = Readonly<Record<string, unknown>>;

export interface Chart {
  readonly values: Values;
  readonly schema: Readonly<Record<string, unknown>>;
  /** What the schema has against values, merged over the chart's own as Helm does. */
  findFlaws(values: Values): readonly ErrorObject[];
  /** Throws what a template throws. */
  render(values: Values): readonly Manifest[];
}

export function readChart(folder: string): Chart {
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  const about = parse(read('Chart.yaml')) as { readonly appVersion: string };
  const defaults = parse(read('values.yaml')) as Values;
  const schema = JSON.parse(read('values.schema.json'));
  const validate = new Ajv({ allErrors: true, strict: false }).compile(schema);
  const files = readdirSync(join(folder, 'templates')).sort();
  const templates = files.map((name) => ({ name, nodes: parseTemplate(read(`templates/${name}`)) }));
  const partials: Partials = new Map();
  for (const { nodes } of templates) collectPartials(nodes, partials);
  return {
    values: defaults,
    schema,
    findFlaws: (values) => (validate(merge(defaults, values)) ? [] : (validate.errors ?? [])),
    render(values) {
      const root = {
        Values: merge(defaults, values),
        Release: { Name: 'shop', Namespace: 'agents', Service: 'Helm' },
        Chart: { AppVersion: about.appVersion },
      };
      return templates
        .filter(({ name }) => !name.startsWith('_'))
        .flatMap(({ name, nodes }) => parseManifests(name, renderNodes(nodes, root, partials)));
    },
  };
}

function parseManifests(name: string, text: string): Manifest[] {
  return parseAllDocuments(text, { uniqueKeys: true })
    .map((document) => {
      if (document.errors.length > 0) throw new Error(`${name}: ${document.errors[0]?.message}\n${text}`);
      return document.toJS() as Manifest | null;
    })
    .filter((manifest) => manifest !== null);
}

const isMap = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function merge(under: Values, over: Values): Values {
  const merged: Record<string, unknown> = { ...under };
  for (const [key, value] of Object.entries(over)) {
    const below = merged[key];
    merged[key] = isMap(below) && isMap(value) ? merge(below, value) : value;
  }
  return merged;
}
