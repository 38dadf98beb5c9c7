import { ProxiedSignInPage } from '@backstage/core-components';
import {
  configApiRef,
  useApi,
  type IdentityApi,
  type SignInPageProps,
} from '@backstage/core-plugin-api';
import { Alert, Button, Flex, Text } from '@backstage/ui';
import { useEffect, useState } from 'react';
import { texts } from './texts';
import styles from './SignInPage.module.css';

const PICKED_KEY = 'mesh-dr-portal:signed-in-as';
const GUEST = 'guest';

/** The same identity, but signing out also forgets who was picked in this tab. */
const forgetting = (identity: IdentityApi): IdentityApi => ({
  getProfileInfo: () => identity.getProfileInfo(),
  getBackstageIdentity: () => identity.getBackstageIdentity(),
  getCredentials: () => identity.getCredentials(),
  signOut: async () => {
    sessionStorage.removeItem(PICKED_KEY);
    await identity.signOut();
  },
});

function SignInFailed(props: { error?: Error; onFailed: (e: Error) => void }) {
  const { error, onFailed } = props;
  useEffect(() => {
    if (error) onFailed(error);
  }, [error, onFailed]);
  return null;
}

/** One press per identity: a guest, and the demo users of `meshDr.demo.users` when the configuration has any. */
export function SignInPage({ onSignInSuccess }: SignInPageProps) {
  const config = useApi(configApiRef);
  // A reload keeps the identity of this browser tab; closing the tab forgets it.
  const [picked, setPicked] = useState(() =>
    sessionStorage.getItem(PICKED_KEY),
  );
  const [error, setError] = useState<Error>();
  const t = navigator.language.startsWith('zh') ? texts.zh : texts.en;
  const users = (config.getOptionalConfigArray('meshDr.demo.users') ?? []).map(
    user => ({
      ref: user.getString('entityRef'),
      title: user.getString('title'),
      description: user.getString('description'),
    }),
  );

  const pick = (who: string) => {
    sessionStorage.setItem(PICKED_KEY, who);
    setError(undefined);
    setPicked(who);
  };
  const onFailed = (reason: Error) => {
    sessionStorage.removeItem(PICKED_KEY);
    setError(reason);
    setPicked(null);
  };

  if (picked) {
    return (
      <ProxiedSignInPage
        key={picked}
        provider={picked === GUEST ? 'guest' : 'demo'}
        headers={picked === GUEST ? {} : { 'x-mesh-dr-demo-user': picked }}
        onSignInSuccess={identity => onSignInSuccess(forgetting(identity))}
        ErrorComponent={props => (
          <SignInFailed {...props} onFailed={onFailed} />
        )}
      />
    );
  }
  return (
    <main className={styles.page}>
      <Flex direction="column" gap="6" className={styles.column}>
        <Flex direction="column" gap="1">
          <Text as="h1" variant="title-large" weight="bold">
            {t.title}
          </Text>
          <Text variant="body-large" color="secondary">
            {t.subtitle}
          </Text>
        </Flex>
        {error && (
          <Alert status="danger" title={t.failed} description={error.message} />
        )}
        {users.length > 0 && <Text variant="body-medium">{t.demo}</Text>}
        <ul className={styles.people}>
          {users.map(user => (
            <li key={user.ref} className={styles.person}>
              <Flex direction="column" gap="0.5" style={{ flex: 1 }}>
                <Text weight="bold">{user.title}</Text>
                <Text variant="body-small" color="secondary">
                  {user.description}
                </Text>
              </Flex>
              <Button
                variant="secondary"
                aria-label={`${t.signIn}: ${user.title}`}
                onPress={() => pick(user.ref)}
              >
                {t.signIn}
              </Button>
            </li>
          ))}
          <li className={styles.person}>
            <Flex direction="column" gap="0.5" style={{ flex: 1 }}>
              <Text weight="bold">{t.guest}</Text>
              <Text variant="body-small" color="secondary">
                {t.guestDescription}
              </Text>
            </Flex>
            <Button aria-label={t.enter} onPress={() => pick(GUEST)}>
              {t.enter}
            </Button>
          </li>
        </ul>
      </Flex>
    </main>
  );
}
