// Keys that stand in the environment.
import type { Reader } from '../http/request.ts';
import { givenKeys, inline, type Keys } from './keys.ts';

export function environmentKeys(variable: Reader): Keys | null {
  const accessKey = variable('AWS_ACCESS_KEY_ID') || variable('AWS_ACCESS_KEY');
  const secretKey = variable('AWS_SECRET_ACCESS_KEY') || variable('AWS_SECRET_KEY');
  if (accessKey === '' || secretKey === '') return null;
  return givenKeys(accessKey, inline(secretKey), variable('AWS_SESSION_TOKEN'));
}
