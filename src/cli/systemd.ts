// What systemd says of the sockets it has opened for a process, in the environment of that process.

/** How many, from file 3 on. A number that is meant for another process, as for a parent's, is none. */
export function socketsPassed(env: Readonly<Record<string, string | undefined>>, pid: number): number {
  const count = /^[0-9]{1,4}$/.test(env['LISTEN_FDS'] ?? '') ? Number(env['LISTEN_FDS']) : 0;
  return env['LISTEN_PID'] === String(pid) ? count : 0;
}
