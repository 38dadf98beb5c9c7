/** Where the portal and the local cloud under test are; `npm run walkthrough` and `npm run test:e2e` set these. */
export function environment() {
  const need = (name: string) => {
    const value = process.env[name];
    if (!value) {
      throw new Error(
        `${name} is not set. Start this program with 'npm run walkthrough' or 'npm run test:e2e'.`,
      );
    }
    return value;
  };
  return {
    portal: need('MESH_DR_PORTAL'),
    control: need('MESH_DR_CONTROL'),
    gatewayPort: Number(need('MESH_DR_GATEWAY_PORT')),
    artifacts: need('MESH_DR_ARTIFACTS'),
  };
}
