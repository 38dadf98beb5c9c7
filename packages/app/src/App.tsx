import { createApp } from '@backstage/frontend-defaults';
import { navModule } from './modules/nav';
import { signInModule } from './modules/signIn';

// Plugins are discovered from package.json (`app.packages: all`); only the portal's own modules are named here.
export default createApp({
  features: [navModule, signInModule],
});
