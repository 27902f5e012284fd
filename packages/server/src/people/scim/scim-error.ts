import { AppError } from '@countersign/api';

/** RFC 7644 §3.12, as far as a client may cause them here. */
export type ScimType =
  | 'invalidFilter'
  | 'invalidPath'
  | 'invalidSyntax'
  | 'invalidValue'
  | 'mutability'
  | 'noTarget'
  | 'tooMany';

/** `detail` is read by the directory: it names attributes, never their values. */
export function refuseScim(scimType: ScimType, detail: string): AppError {
  return new AppError('person.scim_invalid', { detail, data: { scimType } });
}

/** The error as a directory reads it; what is not expected says nothing. */
export function describeScimError(error: AppError): {
  readonly status: 400 | 401 | 403 | 404 | 409 | 412 | 413 | 429 | 500 | 503;
  readonly body: Readonly<Record<string, unknown>>;
} {
  const { status } = error.entry;
  const scimType = error.code === 'person.scim_conflict' ? 'uniqueness' : error.data?.scimType;
  return {
    status: status as 400,
    body: {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
      status: String(status),
      ...(typeof scimType === 'string' ? { scimType } : {}),
      detail: error.detail ?? error.entry.caller,
    },
  };
}
