import type { RejectCode } from '../../../core/rejects.ts';

/** A reason for which a line is no event. */
export class Refusal extends Error {
  readonly code: RejectCode;
  constructor(code: RejectCode, detail: string) {
    super(detail);
    this.code = code;
  }
}

/** A field that is not of the form that the format prescribes; `field` is its name, never its value. */
export const invalid = (field: string): Refusal => new Refusal('field-invalid', field);
