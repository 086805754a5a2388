"""Arrays of floats: their type, and the two linear-algebra tools that all else shares."""

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
LOG_2PI = float(np.log(2 * np.pi))


def norms(array: FloatArray, *, axis: int) -> FloatArray:
    """Return Euclidean norms along an axis, without overflow or underflow of the squares."""
    largest = np.max(np.abs(array), axis=axis)
    scale = np.where(largest > 0, largest, 1.0)
    return scale * np.sqrt(
        np.sum((array / np.expand_dims(scale, axis)) ** 2, axis=axis)
    )


def triangular_factor(rows: FloatArray) -> FloatArray:
    """Return the upper-trapezoidal R of a QR decomposition, its diagonal not negative."""
    return with_positive_diagonal(np.linalg.qr(rows, mode="r"))


def with_positive_diagonal(factor: FloatArray) -> FloatArray:
    """Return a triangular factor with the signs of its rows changed so that its diagonal is not negative."""
    return np.where(np.diag(factor) < 0, -1.0, 1.0)[:, np.newaxis] * factor
