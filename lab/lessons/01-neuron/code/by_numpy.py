import numpy as np

neuron = lambda x, w, b: np.maximum(0, x * w + b)
print("one input:", f"{neuron(2, 1.5, -1):.1f}")
print("asleep:", f"{neuron(-2, 1.5, -1):.1f}")

marks = np.array([8, 9])  # food, service
weights = np.array([0.5, 0.4])
tip = np.maximum(0, weights @ marks + 0)
print("tip:", f"{tip:.1f}", "%")
