// How we say who we are: the server's first mechanism for which there is what it takes, as upstream chooses. A
// password never crosses the net in the clear; to the same machine it may.

export type Mechanism = 'CRAM-MD5' | 'PLAIN' | 'LOGIN';

export interface Means {
  readonly hasPassword: boolean;
  readonly hasSecret: boolean;
  /** The connection is encrypted, or leaves not this machine. */
  readonly isPrivate: boolean;
}

export type Choice =
  | { readonly ok: true; readonly mechanism: Mechanism }
  | { readonly ok: false; readonly message: string };

/** @param offered in the server's order */
export function chooseMechanism(offered: readonly string[], means: Means): Choice {
  const faults: string[] = [];
  for (const mechanism of offered) {
    const fault = faultOf(mechanism, means);
    if (fault === null) return { ok: true, mechanism: mechanism as Mechanism };
    faults.push(fault);
  }
  return { ok: false, message: `no usable auth mechanism: ${faults.join(', ')}` };
}

function faultOf(mechanism: string, { hasPassword, hasSecret, isPrivate }: Means): string | null {
  switch (mechanism) {
    case 'CRAM-MD5':
      return hasSecret ? null : 'CRAM-MD5 needs auth_secret';
    case 'PLAIN':
    case 'LOGIN':
      if (!hasPassword) return `${mechanism} needs auth_password`;
      return isPrivate
        ? null
        : `${mechanism} would show the password to the network, for the connection is not encrypted`;
    default:
      return `${mechanism} is not known here`;
  }
}

export interface Greeting {
  /** In the order in which the server names them. */
  readonly mechanisms: readonly string[];
  /** In bytes; null when it sets no limit. */
  readonly largest: number | null;
}

/** Out of the answer to EHLO. */
export function readGreeting(answer: string): Greeting {
  const lines = answer.split(/\r?\n/).map((line) => line.replace(/^\d{3}[ -]/, '').trim());
  const mechanisms = lines
    .filter((line) => /^AUTH[ =]/i.test(line))
    .flatMap((line) => line.slice('AUTH '.length).toUpperCase().split(/[ =]+/))
    .filter((mechanism) => mechanism !== '');
  const size = Number(/^SIZE (\d+)$/i.exec(lines.find((line) => /^SIZE\b/i.test(line)) ?? '')?.[1] ?? 0);
  return { mechanisms: [...new Set(mechanisms)], largest: size > 0 ? size : null };
}
