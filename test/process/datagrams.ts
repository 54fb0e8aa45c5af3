import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

const LISTEN = `use Socket; $| = 1; my $to = shift;
socket(my $s, AF_UNIX, SOCK_DGRAM, 0) or die; bind($s, sockaddr_un($to)) or die; print "listening\\n";
while (defined recv($s, my $m, 4096, 0)) { $m =~ tr/\\n/;/; print "$m\\n" }`

const SEND = `#!/usr/bin/env perl
use Socket; socket(my $s, AF_UNIX, SOCK_DGRAM, 0) or die;
defined send($s, join("\\n", @ARGV), 0, sockaddr_un($ENV{NOTIFY_SOCKET})) or die "cannot send: $!\\n";`

/**
 * A socket such as systemd gives to its services, in a process of its own: Node.js has none of that kind, and Perl is
 * part of every system that has an inetd or a package manager of its own.
 */
export class NotifySocket {
  readonly directory = mkdtempSync(join(tmpdir(), 'keelson-notify-'))
  readonly path = join(this.directory, 'socket')
  readonly #listener: ChildProcess
  #text = ''
  #look: () => void = () => {}

  constructor() {
    this.#listener = spawn('perl', ['-e', LISTEN, this.path], { stdio: ['ignore', 'pipe', 'inherit'] })
    this.#listener.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#text += text
      this.#look()
    })
    // What it looks like where no systemd is installed.
    writeFileSync(join(this.directory, 'systemd-notify'), SEND)
    chmodSync(join(this.directory, 'systemd-notify'), 0o755)
  }

  /** For a program that is to find systemd's own helper, or else a stand-in. */
  get env(): Record<string, string> {
    return {
      NOTIFY_SOCKET: this.path,
      PATH: `${process.env['PATH'] ?? ''}${delimiter}${this.directory}`
    }
  }

  /** What has come so far, a message a line. */
  get messages(): string[] {
    return this.#text
      .split('\n')
      .filter((line) => line !== '' && line !== 'listening' && line !== 'BARRIER=1')
  }

  /** Resolves once a message matches; with the listener's end at the latest. */
  async received(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.#text)) await new Promise<void>((resolve) => (this.#look = resolve))
  }

  async close(): Promise<void> {
    this.#listener.kill('SIGKILL')
    if (this.#listener.exitCode === null && this.#listener.signalCode === null)
      await once(this.#listener, 'exit')
    rmSync(this.directory, { recursive: true })
  }
}
