import {
  coreServices,
  createBackendModule,
} from '@backstage/backend-plugin-api';
import { InputError, NotAllowedError } from '@backstage/errors';
import {
  authProvidersExtensionPoint,
  createProxyAuthenticator,
  createProxyAuthProviderFactory,
} from '@backstage/plugin-auth-node';

/** Header in which the sign-in page names the demo user that was picked. */
export const DEMO_USER_HEADER = 'x-mesh-dr-demo-user';

/**
 * Sign-in without a password as one of the users listed in `meshDr.demo.users`, for trying the product out on a laptop.
 * A configuration without that list has no such provider at all.
 */
export default createBackendModule({
  pluginId: 'auth',
  moduleId: 'demo-identities',
  register(reg) {
    reg.registerInit({
      deps: {
        providers: authProvidersExtensionPoint,
        config: coreServices.rootConfig,
      },
      async init({ providers, config }) {
        const users = (
          config.getOptionalConfigArray('meshDr.demo.users') ?? []
        ).map(user => user.getString('entityRef'));
        if (users.length === 0 || !config.has('auth.providers.demo')) {
          return;
        }
        providers.registerProvider({
          providerId: 'demo',
          factory: createProxyAuthProviderFactory({
            authenticator: createProxyAuthenticator<
              undefined,
              { userRef: string },
              { userRef: string }
            >({
              defaultProfileTransform: async () => ({ profile: {} }),
              initialize: () => undefined,
              async authenticate({ req }) {
                const userRef = req.header(DEMO_USER_HEADER);
                if (!userRef) {
                  throw new InputError(
                    `The header ${DEMO_USER_HEADER} is missing; it names the demo user to sign in as: ${users.join(
                      ', ',
                    )}`,
                  );
                }
                if (!users.includes(userRef)) {
                  throw new NotAllowedError(
                    `'${userRef}' is not a demo user; meshDr.demo.users lists ${users.join(
                      ', ',
                    )}`,
                  );
                }
                return { result: { userRef } };
              },
            }),
            signInResolver: async ({ result }, ctx) =>
              ctx.signInWithCatalogUser({ entityRef: result.userRef }),
          }),
        });
      },
    });
  },
});
