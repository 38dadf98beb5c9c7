import { writeFileSync } from 'node:fs';

/** One row of the table: what should be, what was, whether they agree. */
export interface Outcome {
  seen: string;
  ok: boolean;
}

interface Row extends Outcome {
  name: string;
  expected: string;
  seconds: number;
}

/**
 * Runs named steps in order, prints a line each and a table at the end. A step whose predecessor failed is still tried
 * unless it says it cannot be: the table should tell as much as possible.
 */
export class Steps {
  private readonly rows: Row[] = [];

  async step(
    name: string,
    expected: string,
    run: () => Promise<Outcome>,
  ): Promise<boolean> {
    const started = Date.now();
    let outcome: Outcome;
    try {
      outcome = await run();
    } catch (error) {
      const { body, message } = error as any;
      outcome = { ok: false, seen: body?.error?.message ?? message };
    }
    const row = {
      name,
      expected,
      ...outcome,
      seconds: (Date.now() - started) / 1000,
    };
    this.rows.push(row);
    console.log(
      `${row.ok ? '✔' : '✘'} ${name}  (${row.seconds.toFixed(1)} s)${
        row.ok ? '' : `\n    expected: ${expected}\n    seen:     ${row.seen}`
      }`,
    );
    return row.ok;
  }

  /** Prints the table and `N passed, N failed`; returns the exit code. */
  finish(): number {
    const cut = (text: string, width: number) => {
      const line = text.replace(/\s+/g, ' ');
      return line.length > width ? `${line.slice(0, width - 1)}…` : line;
    };
    const widths = { name: 44, expected: 50, seen: 70 };
    const line = (a: string, b: string, c: string, d: string) =>
      `${cut(a, widths.name).padEnd(widths.name)} │ ${cut(
        b,
        widths.expected,
      ).padEnd(widths.expected)} │ ${cut(c, widths.seen).padEnd(
        widths.seen,
      )} │ ${d.padStart(7)}`;
    console.log(`\n${line('step', 'expected', 'seen', 'time')}`);
    console.log('─'.repeat(widths.name + widths.expected + widths.seen + 16));
    for (const row of this.rows) {
      console.log(
        line(
          `${row.ok ? '✔' : '✘'} ${row.name}`,
          row.expected,
          row.seen,
          `${row.seconds.toFixed(1)} s`,
        ),
      );
    }
    const failed = this.rows.filter(row => !row.ok).length;
    const passed = this.rows.length - failed;
    console.log(`\n${passed} passed, ${failed} failed`);
    if (process.env.MESH_DR_REPORT) {
      writeFileSync(
        process.env.MESH_DR_REPORT,
        JSON.stringify({ passed, failed, skipped: 0 }),
      );
    }
    return failed === 0 ? 0 : 1;
  }
}
