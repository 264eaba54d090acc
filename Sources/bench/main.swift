import Foundation

guard let options = BenchOptions(CommandLine.arguments.dropFirst()) else {
    print(BenchOptions.usage)
    exit(2)
}
exit(await Bench(options: options).run() ? 0 : 1)
