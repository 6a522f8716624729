package clinic;

import ca.uhn.fhir.jpa.api.config.JpaStorageSettings.ClientIdStrategyEnum;
import ca.uhn.fhir.rest.server.RestfulServer;
import ca.uhn.fhir.util.VersionUtil;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/**
 * Four HAPI FHIR servers in one process, on free ports of the loopback address.
 *
 * <p>Prints {@code NAME PORT} for each that listens, and {@code ready VERSION} at the end. The
 * argument is a file with settings of HAPI's starter.
 */
public final class Peers {
  private Peers() {}

  public static void main(String[] arguments) throws Exception {
    System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "error");
    listen("plain", PlainServer.start());
    listen("hapi", JpaServer.start("hapi", ClientIdStrategyEnum.ALPHANUMERIC));
    var settings = new Properties();
    try (var lines = Files.newBufferedReader(Path.of(arguments[0]))) {
      settings.load(lines);
    }
    listen("starter", JpaServer.start("starter", ClientIdStrategyEnum.ALPHANUMERIC, settings));
    listen("assigned", JpaServer.start("assigned", ClientIdStrategyEnum.NOT_ALLOWED));
    System.out.println("ready " + VersionUtil.getVersion());
  }

  private static void listen(String name, RestfulServer fhir) throws Exception {
    var jetty = new Server();
    var http = new ServerConnector(jetty);
    http.setHost("127.0.0.1");
    jetty.addConnector(http);
    var root = new ServletContextHandler("/");
    root.addServlet(new ServletHolder(fhir), "/fhir/*");
    jetty.setHandler(root);
    jetty.start();
    System.out.println(name + " " + http.getLocalPort());
  }
}
