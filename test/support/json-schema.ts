// Whether JSON is as a schema says: for answers, and the OpenAPI documents that describe them.
import { Ajv } from 'ajv';

/** The faults of a value. */
export function jsonValidator(schema: Readonly<Record<string, unknown>>): (value: unknown) => readonly unknown[] {
  const validate = new Ajv({ allErrors: true, ownProperties: true, validateFormats: false, strict: false }).compile(
    schema,
  );
  return (value) => (validate(value) ? [] : (validate.errors ?? []));
}
