"""Service queues (服务队列): who is waiting, and how long."""
