// A real mail server: Debian's Postfix, as one process of the test's own over a folder of its own, with mailboxes for
// two people. It has to be started by root, because it delivers as others.
import { execFile, execFileSync } from 'node:child_process';
import { chmod, chown, copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { compareUtf8 } from '../../../src/model/order.ts';
import { RunningProcess } from './child.ts';
import { freePort } from './free-port.ts';

export interface Postfix extends AsyncDisposable {
  /** STARTTLS, and nobody is forced. */
  readonly port: number;
  /** TLS from the start. */
  readonly tlsPort: number;
  /** The mails in somebody's mailbox, the oldest first. */
  mails(user: string): Promise<readonly string[]>;
}

const USERS = ['oncall', 'boss'] as const;

/** Where its programs are; null when there is none, or nobody may start it. */
export function findPostfix(): string | null {
  if (process.getuid?.() !== 0) return null;
  const postconf = process.env['BELFRY_PEER_POSTFIX'] ?? 'postconf';
  try {
    return execFileSync(postconf, ['-dh', 'daemon_directory'], { encoding: 'utf8' }).trim();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

const NOBODY = 65_534;
const fixture = (name: string): string => fileURLToPath(new URL(`../../fixtures/tls/${name}`, import.meta.url));

export async function startPostfix(daemons: string): Promise<Postfix> {
  const folder = await mkdtemp(join(tmpdir(), 'belfry-postfix-'));
  const [port, tlsPort] = [await freePort(), await freePort()];
  await chmod(folder, 0o755);
  for (const name of ['conf', 'spool', 'data', 'mail']) await mkdir(join(folder, name));
  await chown(join(folder, 'data'), numberOf('postfix'), 0);
  await chown(join(folder, 'mail'), NOBODY, NOBODY);
  for (const name of ['server.crt', 'server.key']) await copyFile(fixture(name), join(folder, 'conf', name));
  await chmod(join(folder, 'conf', 'server.key'), 0o600);
  await writeFile(join(folder, 'conf', 'main.cf'), mainConfig(folder));
  await writeFile(join(folder, 'conf', 'master.cf'), masterConfig(port, tlsPort));
  // Makes its folders.
  await promisify(execFile)('postfix', ['-c', join(folder, 'conf'), 'check']);
  const running = new RunningProcess(join(daemons, 'master'), ['-c', join(folder, 'conf'), '-d']);
  try {
    await greeted(port, running);
  } catch (error) {
    await running[Symbol.asyncDispose]();
    throw error;
  }
  return {
    ...{ port, tlsPort },
    async mails(user) {
      const box = join(folder, 'mail', user, 'new');
      const names = await readdir(box).catch(() => []);
      return Promise.all(names.toSorted(compareUtf8).map((name) => readFile(join(box, name), 'utf8')));
    },
    async [Symbol.asyncDispose]() {
      await running.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** It says what it does to a file, and nothing when it listens. */
async function greeted(port: number, running: RunningProcess): Promise<void> {
  const state = { isRunning: true };
  void running.ended().then(() => (state.isRunning = false));
  for (const until = Date.now() + 20_000; Date.now() < until && state.isRunning;) {
    const socket = connect(port, '127.0.0.1');
    const said = await once(socket, 'data').then(String, () => '');
    socket.destroy();
    if (said.startsWith('220 ')) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`Postfix does not listen; it wrote:\n${running.output}`);
}

const numberOf = (user: string): number => Number(execFileSync('id', ['-u', user], { encoding: 'utf8' }));

const mainConfig = (folder: string): string => `\
compatibility_level = 3.6
myhostname = mx.example.org
queue_directory = ${folder}/spool
data_directory = ${folder}/data
maillog_file = ${folder}/mail.log
maillog_file_prefixes = ${folder}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks =
mydestination =
alias_maps =
alias_database =
local_recipient_maps =
virtual_mailbox_domains = example.org
virtual_mailbox_base = ${folder}/mail
virtual_mailbox_maps = inline:{ ${USERS.map((user) => `{${user}@example.org = ${user}/}`).join(' ')} }
virtual_uid_maps = static:${NOBODY}
virtual_gid_maps = static:${NOBODY}
virtual_minimum_uid = 1
smtpd_tls_security_level = may
smtpd_tls_cert_file = ${folder}/conf/server.crt
smtpd_tls_key_file = ${folder}/conf/server.key
smtpd_relay_restrictions = reject_unauth_destination
smtpd_recipient_restrictions = reject_unlisted_recipient
unverified_recipient_reject_code = 550
message_size_limit = 30000
virtual_mailbox_limit = 60000
`;

const masterConfig = (port: number, tlsPort: number): string => `\
postlog    unix-dgram n  -  n  -  1  postlogd
127.0.0.1:${port}  inet  n  -  n  -  -  smtpd
127.0.0.1:${tlsPort}  inet  n  -  n  -  -  smtpd -o smtpd_tls_wrappermode=yes
cleanup    unix  n  -  n  -  0  cleanup
qmgr       unix  n  -  n  300  1  qmgr
tlsmgr     unix  -  -  n  1000?  1  tlsmgr
rewrite    unix  -  -  n  -  -  trivial-rewrite
bounce     unix  -  -  n  -  0  bounce
defer      unix  -  -  n  -  0  bounce
trace      unix  -  -  n  -  0  bounce
verify     unix  -  -  n  -  1  verify
proxymap   unix  -  -  n  -  -  proxymap
error      unix  -  -  n  -  -  error
retry      unix  -  -  n  -  -  error
discard    unix  -  -  n  -  -  discard
virtual    unix  -  n  n  -  -  virtual
anvil      unix  -  -  n  -  1  anvil
`;
