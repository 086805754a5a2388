"""What the contenders and the truth must agree on."""

import numpy as np

PENALTIES = np.geomspace(1e-2, 1e6, 100)
PLACES = (0, 40, 60, 99)  # penalties at which leave-one-out errors are held
NOISE_SCALE, PRIOR_SCALE = 10.0, 1.0  # of HalfNormal and HalfCauchy
