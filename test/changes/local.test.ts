import { testChangesFrom } from './matrix';

testChangesFrom('local');
