import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An HTTP server that answers every query with the rows it was given. */
export class FakePrometheus {
  /** The PromQL it was asked, in order. */
  queries: string[] = [];
  private respond: (response: ServerResponse) => void = response =>
    response.end();
  private server: Server | undefined;

  get url(): string {
    const { port } = this.server!.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  async start(): Promise<void> {
    this.server = createServer((request, response) => {
      let body = '';
      request.on('data', piece => (body += piece));
      request.on('end', () => {
        this.queries.push(new URLSearchParams(body).get('query')!);
        this.respond(response);
      });
    });
    await new Promise<void>(resolve =>
      this.server!.listen(0, '127.0.0.1', resolve),
    );
  }

  async stop(): Promise<void> {
    this.server!.closeAllConnections();
    await new Promise(resolve => this.server!.close(resolve));
  }

  reset(): void {
    this.queries = [];
    this.answer([]);
  }

  /** From now on, an instant vector. */
  answer(rows: [labels: Record<string, string>, value: number][]): void {
    const result = rows.map(([metric, value]) => ({
      metric,
      value: [1, String(value)],
    }));
    this.respond = response =>
      response.end(
        JSON.stringify({
          status: 'success',
          data: { resultType: 'vector', result },
        }),
      );
  }

  fail(status: number): void {
    this.respond = response => response.writeHead(status).end();
  }

  /** Takes questions and says nothing. */
  hang(): void {
    this.respond = () => {};
  }
}
