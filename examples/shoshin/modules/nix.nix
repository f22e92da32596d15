# How this machine builds.
{
  nix.settings = {
    experimental-features = [
      "nix-command"
      "flakes"
    ];

    # Two builds at once, each with all the threads that are not reserved.
    max-jobs = 2;
    cores = 6;
    # The later analysis calls them maxJobs and maxCores.
    maxCores = 6;

    timeout = 86400; # 24 hours
    keep-outputs = true;
  };

  nix.gc = {
    automatic = true;
    dates = "weekly";
    options = "--delete-older-than 30d";
  };
}
