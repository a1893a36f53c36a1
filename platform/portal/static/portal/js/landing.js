// Live prices on the front page.

import { follow } from "./prices.js";

follow();
