{
  # 12 of 16 GB.
  zramSwap = {
    enable = true;
    algorithm = "zstd";
    memoryPercent = 75;
  };

  # Builds in memory are faster, aren't they?
  boot.tmp.useTmpfs = true;
}
