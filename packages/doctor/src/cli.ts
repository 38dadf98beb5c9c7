/**
 * `npm run cloud:doctor`: looks at the configured Alibaba Cloud accounts with Describe and List operations only and says
 * which assumptions about the cloud hold, which permissions are missing and what could not be read. Exit status 0 when all
 * is as assumed, 1 when something is not, 2 for flags that cannot be used.
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ConfigSources } from '@backstage/config-loader';
import {
  examineAccount,
  formatReport,
  readAccounts,
} from '@mesh-dr/backstage-plugin-mesh-dr-node';

const USAGE = `Usage: npm run cloud:doctor -- [options]
  --config FILE    configuration with meshDr.alicloud.accounts, as the portal reads it; may be repeated
                   (without it: the default credential chain, e.g. ALIBABA_CLOUD_ACCESS_KEY_ID and _SECRET)
  --account NAME   only this account (default: all)
  --json FILE      writes the report as JSON, too
  --help
Only looks: no operation that could change something is sent, no kubeconfig is asked for, no key is printed.`;

/** Anything that a library wants to log goes to stderr; the report alone goes to stdout. */
const log = (level: string) => (message: string) => {
  if (level !== 'debug') process.stderr.write(`${level}: ${message}\n`);
};
const logger: any = {
  error: log('error'),
  warn: log('warn'),
  info: log('debug'),
  debug: log('debug'),
  child: () => logger,
};

async function readConfig(files: string[]) {
  // npm runs scripts in the repository; the paths are the caller's.
  const base = process.env.INIT_CWD ?? process.cwd();
  const source = ConfigSources.default({
    argv: files.flatMap(file => ['--config', path.resolve(base, file)]),
    rootDir: base,
    watch: false,
  });
  return await ConfigSources.toConfig(source);
}

async function main(args: string[]): Promise<number> {
  let values;
  try {
    ({ values } = parseArgs({
      args,
      options: {
        config: { type: 'string', multiple: true },
        account: { type: 'string' },
        json: { type: 'string' },
        help: { type: 'boolean' },
      },
    }));
  } catch (error) {
    console.error(`${(error as Error).message}\n${USAGE}`);
    return 2;
  }
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const config = values.config?.length
    ? await readConfig(values.config)
    : undefined;
  const accounts = config
    ? readAccounts(config)
    : [{ name: 'default', regions: [], endpoints: {} }];
  const chosen = accounts.filter(
    ({ name }) => values.account === undefined || name === values.account,
  );
  if (!chosen.length) {
    console.error(
      `--account ${
        values.account
      } is not configured under meshDr.alicloud.accounts; configured: ${accounts
        .map(({ name }) => name)
        .join(', ')}`,
    );
    return 2;
  }
  const reports = [];
  for (const account of chosen) {
    const report = await examineAccount(account, { logger });
    reports.push(report);
    console.log(formatReport(report));
  }
  if (values.json) {
    writeFileSync(values.json, `${JSON.stringify(reports, null, 2)}\n`);
  }
  return reports.every(({ healthy }) => healthy) ? 0 : 1;
}

main(process.argv.slice(2)).then(
  code => process.exit(code),
  error => {
    console.error(error.message);
    process.exit(1);
  },
);
