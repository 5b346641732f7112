import numpy as np

data = np.loadtxt("data/n2_cp.csv", delimiter=",", skiprows=1)
data = (data - data.min(0)) / (data.max(0) - data.min(0))
x, y = data[:, :1], data[:, 1:]

w1, b1 = np.linspace(-2, 2, 10).reshape(10, 1), np.linspace(1, -1, 10)
w2, b2 = np.linspace(-0.3, 0.3, 10).reshape(1, 10), np.zeros(1)
params = [w1, b1, w2, b2]
first = [np.zeros_like(p) for p in params]
second = [np.zeros_like(p) for p in params]

for epoch in range(2001):
    h = np.tanh(x @ w1.T + b1)  # [35, 10]
    error = h @ w2.T + b2 - y  # [35, 1]
    if epoch % 500 == 0:
        print(epoch, f"{np.mean(error**2):.2e}".replace("e-0", "e-"))
    dp = 2 * error / len(x)
    dz = dp @ w2 * (1 - h**2)
    grads = [dz.T @ x, dz.sum(0), dp.T @ h, dp.sum(0)]
    t = epoch + 1
    for p, g, m, v in zip(params, grads, first, second):  # Adam
        m += 0.1 * (g - m)
        v += 0.001 * (g * g - v)
        p -= 0.01 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
