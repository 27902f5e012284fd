import { type Audience, joinLabels, type Labels, type Sensitivity, type Trust } from '../../tasks/labels.ts';

/** Labels of one member of a result; what is not said is as for the whole result. */
export interface FieldLabels {
  /** The name of a member, at any depth, or a JSON pointer in which `*` is every item or member. */
  readonly path: string;
  readonly trust?: Trust | undefined;
  readonly sensitivity?: Sensitivity | undefined;
  readonly audience?: Audience | undefined;
}

/** What a person says of the results of a tool: of all that is not in a field named apart, and of those fields. */
export interface ResultLabels extends Labels {
  readonly fields: readonly FieldLabels[];
  /**
   * Text results come from a serialiser that quotes what could pass for structure, such as a YAML library. Without
   * it, everything behind an untrusted field of such a text is untrusted, as that field may have been written to
   * look like more fields.
   */
  readonly serialised?: boolean | undefined;
}

/** What holds of a tool nobody has confirmed. */
export const UNCONFIRMED_RESULT: ResultLabels = {
  trust: 'untrusted',
  sensitivity: 'internal',
  audience: 'anyone',
  fields: [],
};

/** The labels of a whole result: whoever gets it sees every field. */
export function labelsOfResult(result: ResultLabels): Labels {
  const { trust, sensitivity, audience } = result;
  const whole: Labels = { trust, sensitivity, audience };
  return result.fields.reduce<Labels>(
    (labels, field) =>
      joinLabels(labels, {
        trust: field.trust ?? trust,
        sensitivity: field.sensitivity ?? sensitivity,
        audience: field.audience ?? audience,
      }),
    whole,
  );
}
