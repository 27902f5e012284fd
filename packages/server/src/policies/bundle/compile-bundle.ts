import { CedarCompileError, type CompiledPolicies, compilePolicies } from '@countersign/core';
import { type DeclaredTypes, readDeclaredTypes } from '../declared/index.ts';
import type { SchemaTool } from '../schema/generate-schema.ts';
import type { Complaint, PolicyFile } from './complaint.ts';
import { complainOf, type ParsedPolicy, parseBundle } from './parse-bundle.ts';
import { readAhead } from './read-policy-json.ts';
import { validateBundle } from './validate-bundle.ts';

export interface CompiledBundle {
  readonly policies: readonly ParsedPolicy[];
  /** Null when the bundle declares no types. */
  readonly declared: DeclaredTypes | null;
  /** False when not every policy could be read; errors of a readable bundle say which tools it does not fit. */
  readonly isReadable: boolean;
  readonly errors: readonly Complaint[];
  readonly warnings: readonly Complaint[];
  /** Of no policies when the bundle is not readable. */
  readonly compiled: CompiledPolicies;
}

const NOTHING = compilePolicies({});
const MOST_POLICIES = 10_000;

/** Parses and validates; with any error the bundle must not go live. */
export async function compileBundle(
  files: readonly PolicyFile[],
  tools: readonly SchemaTool[],
): Promise<CompiledBundle> {
  await readAhead(files.filter(({ name }) => name.endsWith('.cedar')));
  const { policies, complaints } = parseBundle(files);
  const { declared, complaints: mistyped } = readDeclaredTypes(files);
  const unreadable = [...complaints, ...mistyped];
  if (unreadable.length > 0)
    return {
      policies,
      declared: null,
      isReadable: false,
      errors: unreadable,
      warnings: [],
      compiled: NOTHING,
    };
  const [first] = files;
  if (policies.length > MOST_POLICIES && first !== undefined) {
    const message = `more than ${MOST_POLICIES} policies in one bundle`;
    const tooMany: Complaint = { severity: 'error', file: first.name, line: 1, column: 1, message };
    return { policies, declared, isReadable: false, errors: [tooMany], warnings: [], compiled: NOTHING };
  }
  const compiled = tryCompile(policies);
  if ('severity' in compiled)
    return { policies, declared, isReadable: false, errors: [compiled], warnings: [], compiled: NOTHING };
  const found = sortComplaints(await validateBundle(policies, tools, declared));
  return {
    policies,
    declared,
    isReadable: true,
    errors: found.filter((complaint) => complaint.severity === 'error'),
    warnings: found.filter((complaint) => complaint.severity === 'warning'),
    compiled,
  };
}

function tryCompile(policies: readonly ParsedPolicy[]): CompiledPolicies | Complaint {
  try {
    return compilePolicies({
      staticPolicies: Object.fromEntries(policies.map(({ id, json }) => [id, json])),
    });
  } catch (error) {
    const policy =
      error instanceof CedarCompileError ? policies.find(({ id }) => id === error.policyId) : undefined;
    if (policy === undefined) throw error;
    return { ...complainOf(policy.source, 0, (error as Error).message), policyId: policy.id };
  }
}

function sortComplaints(complaints: readonly Complaint[]): readonly Complaint[] {
  return complaints.toSorted((a, b) => {
    if (a.file !== b.file) return a.file < b.file ? -1 : 1;
    return a.line - b.line || a.column - b.column;
  });
}
