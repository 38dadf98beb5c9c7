import type { Guard } from '../access/guard';
import type { ServiceOwnership } from '../access/ServiceOwnership';
import type { ServiceReaders } from '../access/ServiceReaders';
import type { EnvironmentService } from '../environments/EnvironmentService';
import type { Fleet } from '../fleet/Fleet';
import type { GrantService } from '../grants/GrantService';
import type { BreakGlass } from '../locality/BreakGlass';
import type { ChangeService } from '../locality/ChangeService';
import type { MembershipService } from '../membership/MembershipService';
import type { NetworkMapService } from '../membership/NetworkMapService';
import type { Repairs } from '../membership/Repairs';
import type { ShiftService } from '../shifts/ShiftService';
import type { TopologyService } from '../topology/TopologyService';
import type { SimulationService } from '../whatif/SimulationService';
import type { VerificationService } from '../verification/VerificationService';

/** What the routes stand on. */
export interface RouteServices {
  guard: Guard;
  ownership: ServiceOwnership;
  readers: ServiceReaders;
  fleet: Fleet;
  topology: TopologyService;
  simulation: SimulationService;
  breakGlass: BreakGlass;
  changes: ChangeService;
  shifts: ShiftService;
  membership: MembershipService;
  repairs: Repairs;
  network: NetworkMapService;
  verification: VerificationService;
  environments: EnvironmentService;
  grants: GrantService;
}
