import { testChangesFrom } from './matrix';

testChangesFrom('dev');
