import numpy as np

def loss_of(w1, w2):
    return (np.maximum(w1 * 2, 0) * w2 - 3) ** 2

w1, w2 = 0.5, 1.0
z = w1 * 2
h = np.maximum(z, 0)
p = h * w2
dp = 2 * (p - 3)  # back through the square
dw2 = dp * h  # back through p = w2 * h
dw1 = dp * w2 * (z > 0) * 2  # back through ReLU and z = w1 * x
print("loss", int(loss_of(w1, w2)))
print("dL/dw1", int(dw1), "dL/dw2", int(dw2))

w2 -= 0.1 * dw2
print("after w2:", f"{loss_of(w1, w2):.2f}")
w1 -= 0.1 * dw1
print("after both:", f"{loss_of(w1, w2):.2f}")
