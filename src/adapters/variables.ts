// The environment of this process. HOME is there even where nobody set it, as long as the system knows it.
import { homedir } from 'node:os';

export const systemVariable = (name: string): string => process.env[name] ?? (name === 'HOME' ? home() : '');

function home(): string {
  try {
    return homedir();
  } catch {
    // A user without an entry, as containers have.
    return '';
  }
}
