import { testChangesFrom } from './matrix';

testChangesFrom('prod');
