import { KINDS } from '../faults/model';
import { describeMatrix } from './describe';

describeMatrix(KINDS.abTest);
