import { connect, type Socket } from 'node:net';

/** An answer, as far as judges look at it. */
export interface Answer {
  status: number;
  /** Address of the host that answered; absent when Envoy answered by itself. */
  host?: string;
  /** Header names in lower case. */
  headers: Record<string, string>;
  body: string;
  /** Milliseconds from request to answer. */
  ms: number;
}

/** One connection to Envoy that sends one request after the other. */
export class Client {
  private readonly socket: Socket;
  private received = '';
  private sentAt = 0;
  private waiting?: (answer: Answer | Error) => void;

  constructor(port: number) {
    this.socket = connect(port, '127.0.0.1');
    this.socket.setNoDelay(true);
    this.socket.setEncoding('latin1');
    this.socket.on('data', chunk => this.onData(String(chunk)));
    this.socket.on('error', error => this.finish(error));
    this.socket.on('close', () =>
      this.finish(new Error('Envoy closed the connection')),
    );
  }

  send(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.waiting = result =>
        result instanceof Error ? reject(result) : resolve(result);
      let text = `GET ${path} HTTP/1.1\r\nhost: judge\r\n`;
      for (const [name, value] of Object.entries(headers)) {
        text += `${name}: ${value}\r\n`;
      }
      this.sentAt = performance.now();
      this.socket.write(`${text}\r\n`);
    });
  }

  close(): void {
    this.waiting = undefined;
    this.socket.destroy();
  }

  private onData(chunk: string): void {
    this.received += chunk;
    const end = this.received.indexOf('\r\n\r\n');
    if (end < 0) {
      return;
    }
    const [first, ...lines] = this.received.slice(0, end).split('\r\n');
    const headers: Record<string, string> = {};
    for (const line of lines) {
      const colon = line.indexOf(':');
      headers[line.slice(0, colon).toLowerCase()] = line
        .slice(colon + 1)
        .trim();
    }
    const length = Number(headers['content-length'] ?? 0);
    if (this.received.length < end + 4 + length) {
      return;
    }
    const body = this.received.slice(end + 4, end + 4 + length);
    this.received = this.received.slice(end + 4 + length);
    this.finish({
      status: Number(first.split(' ')[1]),
      host: headers['x-host'],
      headers,
      body,
      ms: performance.now() - this.sentAt,
    });
  }

  private finish(result: Answer | Error): void {
    const waiting = this.waiting;
    this.waiting = undefined;
    waiting?.(result);
  }
}

/** Sends `n` requests over so many connections at once; answers in the order in which they came. */
export async function sendMany(
  port: number,
  path: string,
  n: number,
  connections: number,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  let left = n;
  const work = async () => {
    const client = new Client(port);
    try {
      while (left > 0) {
        left--;
        answers.push(await client.send(path));
      }
    } finally {
      client.close();
    }
  };
  await Promise.all(Array.from({ length: connections }, work));
  return answers;
}
