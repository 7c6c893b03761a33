import { testChangesFrom } from './matrix';

testChangesFrom('stage');
