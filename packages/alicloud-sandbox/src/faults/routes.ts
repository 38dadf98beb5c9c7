import { ControlError, type ControlRouter } from '../control';
import type { FaultBook, FaultEntry } from './book';
import { checkRule, FaultRuleError } from './validate';

/** Faults that other parts of the sandbox keep, by the name under which `GET /faults` shows them. */
const OTHERS = ['regions', 'pods', 'nodes', 'zones', 'readiness'];

const shown = ({ rule, matched, fired, origin }: FaultEntry) => ({
  ...rule,
  origin,
  matched,
  fired,
});

/**
 * `GET /faults` shows everything that is wrong at the moment; `/faults/rules` are the rules. The older `/faults/openapi`
 * are the rules of the OpenAPI alone.
 */
export function addFaultRoutes(book: FaultBook, control: ControlRouter): void {
  const add = (body: unknown) => {
    try {
      return book.add(checkRule(body, 'fault'));
    } catch (error) {
      if (!(error instanceof FaultRuleError)) throw error;
      throw new ControlError(400, error.message);
    }
  };
  const remove = (id: string) => {
    if (!book.remove(id))
      throw new ControlError(404, `There is no fault ${id}`);
  };
  const clear = (api?: string) => {
    for (const { rule } of book.list()) {
      if (!api || rule.api === api) book.remove(rule.id);
    }
  };
  const list = (api?: string) =>
    book
      .list()
      .filter(({ rule }) => !api || rule.api === api)
      .map(shown);

  control.route('GET', '/faults', async () => {
    const all: Record<string, unknown> = { rules: list() };
    for (const name of OTHERS) {
      const { status, body } = await control.handle(
        'GET',
        `/faults/${name}`,
        new URLSearchParams(),
        '',
      );
      if (status === 200) {
        const { faults, ...rest } = body as Record<string, unknown>;
        all[name] = faults ?? rest[name];
      }
    }
    return all;
  });
  control.route('GET', '/faults/rules', () => ({ rules: list() }));
  control.route('POST', '/faults/rules', ({ body }) => add(body));
  control.route('DELETE', '/faults/rules', () => clear());
  control.route('DELETE', '/faults/rules/:id', ({ params }) =>
    remove(params.id),
  );

  control.route('GET', '/faults/openapi', () => ({ faults: list('openapi') }));
  control.route('POST', '/faults/openapi', ({ body }) =>
    add({ ...body, api: 'openapi' }),
  );
  control.route('DELETE', '/faults/openapi', () => clear('openapi'));
  control.route('DELETE', '/faults/openapi/:id', ({ params }) =>
    remove(params.id),
  );

  control.route('POST', '/reset', () => {
    for (const { rule, origin } of book.list()) {
      if (origin === 'control') book.remove(rule.id);
    }
  });
}
