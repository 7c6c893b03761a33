import { describeMatrix } from './describe';
import { cheap } from '../faults/model';

describeMatrix(cheap);
