import App
import Foundation

exit(await QuanyuProgram.run(Array(CommandLine.arguments.dropFirst())))
