"""What crosses beside the network: bundles on sticks, codes on paper, frames and spoken digits."""
