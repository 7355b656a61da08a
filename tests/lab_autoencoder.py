"""The network in the lab's own scripts."""

import torch
from torch import nn


class LabAutoencoder(nn.Module):
    """The class in the lab's scripts, written independently of ``ae``."""

    def __init__(self, N_input=784, N_bottleneck=8, N_output=784):
        super().__init__()
        self.fc1 = nn.Linear(N_input, 392)
        self.fc2 = nn.Linear(392, N_bottleneck)
        self.fc3 = nn.Linear(N_bottleneck, 392)
        self.fc4 = nn.Linear(392, N_output)
        self.type = "MLP4"
        self.input_shape = (1, 28 * 28)

    def forward(self, X):
        X = torch.relu(self.fc2(torch.relu(self.fc1(X))))
        return torch.sigmoid(self.fc4(torch.relu(self.fc3(X))))
