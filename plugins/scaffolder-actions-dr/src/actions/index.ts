import type { TemplateAction } from '@backstage/plugin-scaffolder-node';
import type { ActionDeps } from '../deps';
import { createCatalogRegisterAction } from './catalogRegister';
import { createChangesExportAction } from './changesExport';
import { createClustersJoinAction } from './clustersJoin';
import { createConnectivityVerifyAction } from './connectivityVerify';
import { createEnvironmentDestroyAction } from './environmentDestroy';
import { createEnvironmentDriftAction } from './environmentDrift';
import { createGatewayCreateAction } from './gatewayCreate';
import { createKubernetesApplyAction } from './kubernetesApply';
import {
  createDistributionConfigureAction,
  createFailoverConfigureAction,
} from './localityConfigure';
import { createOperationsGrantAction } from './operationsGrant';
import { createProvisionActions } from './provision';
import { createTrafficVerifyAction } from './trafficVerify';

/** Every `dr:` action. */
export function createActions(deps: ActionDeps): TemplateAction<any, any>[] {
  return [
    createOperationsGrantAction(deps),
    ...createProvisionActions(deps),
    createEnvironmentDestroyAction(deps),
    createEnvironmentDriftAction(deps),
    createClustersJoinAction(deps),
    createGatewayCreateAction(deps),
    createKubernetesApplyAction(deps),
    createConnectivityVerifyAction(deps),
    createFailoverConfigureAction(deps),
    createDistributionConfigureAction(deps),
    createTrafficVerifyAction(deps),
    createChangesExportAction(deps),
    createCatalogRegisterAction(deps),
  ];
}
