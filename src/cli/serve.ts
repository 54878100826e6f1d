// `serve`: the application from its start to its end, and what signals do in between. What keeps it from starting
// is told in one plain message on stderr, for the person who typed the command.
import { CannotStart, type ServeOptions } from '../app-options.ts';

/** What a running application is to the command line. */
export interface Served {
  /** The text of what is wrong, or null. */
  reload(): Promise<string | null>;
  stop(): Promise<void>;
}

export interface ServeWorld {
  readonly start: (options: ServeOptions) => Promise<Served>;
  readonly stderr: (text: string) => void;
  /** Calls back at each signal until the returned function is called. */
  readonly onSignal: (take: (signal: Signal) => void) => () => void;
  /** Ends the process where it stands. */
  readonly abandon: (code: number) => void;
  /** Milliseconds that only grow. */
  readonly now: () => number;
}

/** npm passes on what the terminal has sent us already: one key press, two signals. */
const SAME_PRESS_MS = 500;

export type Signal = 'SIGHUP' | 'SIGINT' | 'SIGTERM';

/** Resolves with the exit code. */
export async function serve(options: ServeOptions, world: ServeWorld): Promise<number> {
  const stop = Promise.withResolvers<void>();
  let stoppingSince: number | null = null;
  let app: Served | null = null;
  const silence = world.onSignal((signal) => {
    if (signal === 'SIGHUP') {
      // What is wrong with the new configuration is in the log already.
      app?.reload().catch((error: unknown) => world.stderr(`${explainFailure(error)}\n`));
    } else if (stoppingSince !== null) {
      if (world.now() - stoppingSince < SAME_PRESS_MS) return;
      world.stderr(`${signal} again: ending at once\n`);
      world.abandon(1);
    } else {
      stoppingSince = world.now();
      stop.resolve();
    }
  });
  try {
    app = await world.start(options);
    await stop.promise;
    await app.stop();
    return 0;
  } catch (error) {
    world.stderr(`${explainFailure(error)}\n`);
    return 1;
  } finally {
    silence();
  }
}

/** One line for what the user can change; the whole stack for what only we can. */
export function explainFailure(error: unknown): string {
  if (error instanceof CannotStart) return error.message;
  if (!(error instanceof Error)) return String(error);
  if (!('syscall' in error && 'code' in error)) return error.stack ?? error.message;
  if (error.syscall !== 'listen' || !('address' in error && 'port' in error)) return `belfry: ${error.message}`;
  return `belfry: cannot listen on ${hostPort(String(error.address), String(error.port))}: ${whyNot(error.code)}`;
}

function whyNot(code: unknown): string {
  switch (code) {
    case 'EADDRINUSE':
      return 'another process does (choose another --web.listen-address)';
    case 'EACCES':
      return 'permission denied (ports below 1024 need privileges)';
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return 'this machine has no such address';
    default:
      return String(code);
  }
}

const hostPort = (host: string, port: string): string => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`);
